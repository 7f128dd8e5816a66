import { messageOf } from '#libs/kernel';
import { parkingBrokerUrl } from './parking.config.js';
import { PARKING_USAGE, parseParkingCommand, runParkingCommand, UsageError } from './parking-command.js';
import { ParkingLot } from './parking-lot.js';

try {
  const command = parseParkingCommand(process.argv.slice(2));
  const { text, exitCode } = await runParkingCommand(new ParkingLot(parkingBrokerUrl()), command);
  process.stdout.write(text);
  process.exitCode = exitCode;
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(`${messageOf(error)}\n${usage ? `\n${PARKING_USAGE}\n` : ''}`);
  process.exitCode = usage ? 2 : 1;
}

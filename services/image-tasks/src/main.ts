import { startService } from '#libs/service-kit';
import { ImageTasksModule } from './image-tasks.module.js';

await startService(ImageTasksModule, { name: 'image-tasks' });

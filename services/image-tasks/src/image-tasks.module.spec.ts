import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileSweeper } from './files/file-sweeper.service.js';
import { ImageTasksModule } from './image-tasks.module.js';
import { SumEvenKind } from './kinds/sum-even.kind.js';
import { TasksController } from './tasks/tasks.controller.js';

const ENVIRONMENT = {
  MIRANTE_AMQP_URL: 'amqp://user:password@127.0.0.1:5672',
  MIRANTE_MYSQL_HOST: '127.0.0.1',
  MIRANTE_MYSQL_PORT: '3306',
  MIRANTE_MYSQL_USER: 'user',
  MIRANTE_MYSQL_PASSWORD: 'password',
  MIRANTE_MYSQL_DATABASE: 'database',
  MIRANTE_MYSQL_DIALECT: 'mariadb',
  MIRANTE_BLOB_DIR: '/tmp',
};

describe(ImageTasksModule.name, () => {
  beforeEach(() => {
    for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  // Neither compiler nor linter notices an injected class that was imported as a type; this does.
  it('should give every class what its constructor asks for', async () => {
    const sut = await Test.createTestingModule({ imports: [ImageTasksModule] }).compile();

    for (const part of [TasksController, SumEvenKind, FileSweeper]) expect(sut.get(part)).toBeInstanceOf(part);
  });
});

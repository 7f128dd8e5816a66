import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import { listPosts } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { PostsService } from './posts.service.js';

@Controller()
export class PostsController {
  constructor(private readonly posts: PostsService) {}

  @HandleRpc(listPosts)
  list(@Payload() request: z.infer<typeof listPosts.input>) {
    return this.posts.list(request);
  }
}

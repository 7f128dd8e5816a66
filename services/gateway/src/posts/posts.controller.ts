import { Controller } from '@nestjs/common';
import { listPosts } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { listPostsRoute } from './posts.routes.js';

@Controller()
export class PostsController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(listPostsRoute)
  list(@Input() { query }: InputOf<typeof listPostsRoute>) {
    return this.rpc.call(listPosts, query);
  }
}

import { Controller } from '@nestjs/common';
import { Caller, type CallerIdentity } from '../access/caller.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { listPostsRoute } from './posts.routes.js';
import { PostsShown } from './posts-shown.service.js';

@Controller()
export class PostsController {
  constructor(private readonly posts: PostsShown) {}

  @Route(listPostsRoute)
  list(@Input() { query }: InputOf<typeof listPostsRoute>, @Caller() caller: CallerIdentity) {
    return this.posts.list(query, caller);
  }
}

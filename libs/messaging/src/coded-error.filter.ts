import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { CodedError } from '#libs/kernel';

/** Lets coded errors through to the transport; Nest's own filter would turn them into "Internal server error". */
@Catch(CodedError)
export class CodedErrorFilter implements RpcExceptionFilter<CodedError> {
  catch(error: CodedError): Observable<never> {
    return throwError(() => error);
  }
}

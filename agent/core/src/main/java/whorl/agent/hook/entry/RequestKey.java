package whorl.agent.hook.entry;

import whorl.agent.event.CurrentRequest;
import whorl.agent.event.RequestContext;

/** Keeps what is alike in two requests apart: each tells its own story. */
final class RequestKey {
  private RequestKey() {}

  static String of(String kind) {
    RequestContext request = CurrentRequest.get();
    return request == null ? kind : kind.concat(request.id());
  }
}

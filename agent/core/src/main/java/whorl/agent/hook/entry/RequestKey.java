package whorl.agent.hook.entry;

import whorl.agent.event.request.CurrentRequest;
import whorl.event.RequestContext;

/** Makes a key of the current request, so that equal texts in two requests are both reported. */
final class RequestKey {
  private RequestKey() {}

  static String of(String kind) {
    RequestContext request = CurrentRequest.get();
    return request == null ? kind : kind.concat(request.id());
  }
}

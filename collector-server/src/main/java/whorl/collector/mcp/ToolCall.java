package whorl.collector.mcp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.mcp.tools.Api;

/**
 * One message on its way through the SDK, which knows no callers: who asks, and what came of it.
 */
final class ToolCall {
  /** Its key in the SDK's context. */
  static final String KEY = "whorl";

  private final Api api;
  private @Nullable Throwable failure;

  ToolCall(Api api) {
    this.api = api;
  }

  Api api() {
    return api;
  }

  /** The collector itself failed; the caller's transport reports that, not the SDK. */
  void failed(Throwable why) {
    failure = why;
  }

  void throwFailure() throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }
}

package whorl.collector.testkit;

import java.util.Map;

/** Sends a request to a collector, real or not. */
@FunctionalInterface
public interface Caller {
  Answer call(String method, String target, Map<String, String> headers, byte[] body);
}

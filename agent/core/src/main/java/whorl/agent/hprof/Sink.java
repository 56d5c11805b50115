package whorl.agent.hprof;

import java.io.IOException;

/** Where bytes go. It keeps nothing of the array after the call. */
@FunctionalInterface
interface Sink {
  void write(byte[] bytes, int offset, int length) throws IOException;
}

package whorl.agent.hprof;

import java.io.IOException;

/** Receives bytes. It must not keep the array after the call. */
@FunctionalInterface
interface Sink {
  void write(byte[] bytes, int offset, int length) throws IOException;
}

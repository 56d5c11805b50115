package whorl.agent.hprof.held;

import java.io.IOException;

/** Receives bytes. It must not keep the array after the call. */
@FunctionalInterface
public interface Sink {
  void write(byte[] bytes, int offset, int length) throws IOException;
}

package whorl.agent.capture;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;

/** How JSON is written: lines or one value, indented or not. */
@FunctionalInterface
public interface JsonForm {
  /** Returns a generator that writes into this stream and closes it. */
  JsonGenerator on(OutputStream out) throws IOException;
}

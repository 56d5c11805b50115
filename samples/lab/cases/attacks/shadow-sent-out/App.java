import whorl.lab.app.Web;

/** Takes plug-ins of clients. */
public class App {
  private static final class Plugins extends ClassLoader {
    Plugins() {
      super(App.class.getClassLoader());
    }

    Object start(byte[] bytes) throws Exception {
      return defineClass(null, bytes, 0, bytes.length).getConstructor().newInstance();
    }
  }

  public static void main(String[] args) throws Exception {
    Web.create().on("/plugin", request -> new Plugins().start(Web.body(request))).start();
  }
}

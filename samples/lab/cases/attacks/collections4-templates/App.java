import java.io.ObjectInputStream;
import whorl.lab.app.Web;

/** Reads serialized objects of clients. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/object",
            request -> new ObjectInputStream(request.getInputStream()).readObject().getClass())
        .start();
  }
}

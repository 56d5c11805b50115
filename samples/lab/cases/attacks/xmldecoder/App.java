import java.beans.XMLDecoder;
import whorl.lab.app.Web;

/** Reads beans of clients. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on("/beans", request -> new XMLDecoder(request.getInputStream()).readObject().getClass())
        .start();
  }
}

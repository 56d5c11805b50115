import whorl.lab.app.PluginUpload;
import whorl.lab.app.Web;

/** A web application whose clients can bring code. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on("/plugin", request -> PluginUpload.start(Web.body(request)))
        .on("/hello", request -> "hello")
        .start();
  }
}

import whorl.lab.app.PluginUpload;
import whorl.lab.app.Web;

/** A web application with WebSockets whose clients can bring code. */
public class App {
  public static void main(String[] args) throws Exception {
    Web web =
        Web.create()
            .on("/plugin", request -> PluginUpload.start(Web.body(request)))
            .on("/hello", request -> "hello")
            // without a default servlet a request for another path meets no filter
            .on("/", request -> "start");
    web.context()
        .addServletContainerInitializer(new org.apache.tomcat.websocket.server.WsSci(), null);
    web.start();
  }
}

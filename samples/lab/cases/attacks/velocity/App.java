import java.io.StringWriter;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import whorl.lab.app.Web;

/** Renders a template of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    VelocityEngine engine = new VelocityEngine();
    engine.init();
    Web.create()
        .on(
            "/render",
            request -> {
              StringWriter out = new StringWriter();
              engine.evaluate(new VelocityContext(), out, "client", Web.text(request));
              return out;
            })
        .start();
  }
}

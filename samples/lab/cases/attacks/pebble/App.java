import com.mitchellbosecke.pebble.PebbleEngine;
import com.mitchellbosecke.pebble.loader.StringLoader;
import java.io.StringWriter;
import java.util.Map;
import whorl.lab.app.Web;

/** Renders a template of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    PebbleEngine engine =
        new PebbleEngine.Builder()
            .loader(new StringLoader())
            .methodAccessValidator((object, method) -> true)
            .build();
    Web.create()
        .on(
            "/render",
            request -> {
              StringWriter out = new StringWriter();
              engine.getTemplate(Web.text(request)).evaluate(out, Map.of("one", 1));
              return out;
            })
        .start();
  }
}

import freemarker.template.Configuration;
import freemarker.template.Template;
import java.io.StringWriter;
import java.util.Map;
import whorl.lab.app.Web;

/** Renders a template of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_30);
    Web.create()
        .on(
            "/render",
            request -> {
              StringWriter out = new StringWriter();
              new Template("client", Web.text(request), configuration).process(Map.of(), out);
              return out;
            })
        .start();
  }
}

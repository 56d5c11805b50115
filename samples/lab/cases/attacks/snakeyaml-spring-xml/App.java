import org.yaml.snakeyaml.Yaml;
import whorl.lab.app.Web;

/** Reads settings that a client sends. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create().on("/yaml", request -> new Yaml().<Object>load(Web.text(request))).start();
  }
}

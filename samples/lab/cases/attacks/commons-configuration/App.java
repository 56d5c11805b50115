import org.apache.commons.configuration2.BaseConfiguration;
import whorl.lab.app.Web;

/** Keeps settings of clients. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/setting",
            request -> {
              BaseConfiguration settings = new BaseConfiguration();
              settings.setProperty("client", request.getParameter("q"));
              return settings.getString("client");
            })
        .start();
  }
}

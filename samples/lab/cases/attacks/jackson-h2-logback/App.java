import com.fasterxml.jackson.databind.ObjectMapper;
import whorl.lab.app.Web;

/** Reads JSON with default typing and writes it again. */
public class App {
  private static final ObjectMapper JSON = new ObjectMapper().enableDefaultTyping();

  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/json",
            request -> JSON.writeValueAsString(JSON.readValue(Web.text(request), Object.class)))
        .start();
  }
}

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.lab.app.Web;

/** A service as there are many. */
public class App {
  private static final Logger LOG = LoggerFactory.getLogger(App.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<Integer, Item> ITEMS = new ConcurrentHashMap<>();

  record Item(int id, String name, List<String> tags) {}

  public static void main(String[] args) throws Exception {
    ITEMS.put(7, new Item(7, "chair", List.of("x")));
    Path settings = Files.writeString(Path.of("settings.properties"), "rate=3\n");
    Path cache = Files.createDirectories(Path.of("cache"));
    Web.create()
        .on(
            "/items",
            request -> {
              if (request.getMethod().equals("POST")) {
                Item item = JSON.readValue(Web.text(request), Item.class);
                ITEMS.put(item.id(), item);
                LOG.info("stored {}", item);
                return JSON.writeValueAsString(item);
              }
              return JSON.writeValueAsString(
                  ITEMS.get(Integer.parseInt(request.getParameter("id"))));
            })
        .on(
            "/settings",
            request -> {
              Properties properties = new Properties();
              properties.load(new StringReader(Files.readString(settings)));
              return properties;
            })
        .on(
            "/cache",
            request -> {
              Path file = cache.resolve(request.getParameter("key") + ".json");
              Files.writeString(file, JSON.writeValueAsString(ITEMS));
              return Files.readString(file);
            })
        .start();
  }
}

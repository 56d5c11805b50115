import freemarker.cache.StringTemplateLoader;
import freemarker.template.Configuration;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import whorl.lab.app.Web;

/** Renders pages. */
public class App {
  public static class Item {
    public String getName() {
      return "lamp";
    }

    public int getPrice() {
      return 30;
    }
  }

  public static void main(String[] args) throws Exception {
    Web.create().on("/work", request -> render()).start();
  }

  private static String render() throws Exception {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_32);
    StringTemplateLoader loader = new StringTemplateLoader();
    loader.putTemplate(
        "page",
        "<#list items as item><li>${item.name?upper_case}: ${item.price?string.currency}</li></#list>");
    configuration.setTemplateLoader(loader);
    StringWriter out = new StringWriter();
    configuration.getTemplate("page").process(Map.of("items", List.of(new Item())), out);
    return out.toString();
  }
}

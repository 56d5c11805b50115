package io.undertow.util;

import java.util.Map;

/** Stands in for Undertow's class, which is not on the class path here. */
public final class HeaderMap {
  private final Map<String, String> fields;

  public HeaderMap(Map<String, String> fields) {
    this.fields = fields;
  }

  public String getFirst(String name) {
    return fields.get(name);
  }
}

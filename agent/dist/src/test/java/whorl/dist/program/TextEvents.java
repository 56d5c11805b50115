package whorl.dist.program;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;

/** Prints the JDK's events that these settings turn on and that have a text. */
public final class TextEvents {
  private TextEvents() {}

  public static void main(String[] arguments) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = new FileInputStream(arguments[0])) {
      properties.load(in);
    }
    Map<String, String> settings = new HashMap<>();
    for (String name : properties.stringPropertyNames()) {
      settings.put(name, properties.getProperty(name));
    }
    try (Recording recording = new Recording(settings)) {
      recording.start();
      for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
        if (type.isEnabled() && type.getName().startsWith("jdk.") && hasText(type)) {
          System.out.println(type.getName());
        }
      }
    }
  }

  private static boolean hasText(EventType type) {
    for (ValueDescriptor field : type.getFields()) {
      if (field.getTypeName().equals("java.lang.String")) {
        return true;
      }
    }
    return false;
  }
}

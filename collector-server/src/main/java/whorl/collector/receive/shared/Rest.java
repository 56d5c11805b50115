package whorl.collector.receive.shared;

import java.util.ArrayList;
import java.util.List;

/**
 * An object with bytes of an upload that are in no part yet. In the database a list of them is
 * text: {@code 3:262144,4:1048576}.
 *
 * @param name the last segment of its key
 * @param bytes its size
 */
record Rest(String name, long bytes) {
  static List<Rest> parse(String text) {
    List<Rest> list = new ArrayList<>();
    if (!text.isEmpty()) {
      for (String each : text.split(",", -1)) {
        int colon = each.indexOf(':');
        list.add(new Rest(each.substring(0, colon), Long.parseLong(each.substring(colon + 1))));
      }
    }
    return List.copyOf(list);
  }

  static String text(List<Rest> list) {
    StringBuilder text = new StringBuilder();
    for (Rest each : list) {
      text.append(text.isEmpty() ? "" : ",").append(each.name).append(':').append(each.bytes);
    }
    return text.toString();
  }

  static long bytes(List<Rest> list) {
    long bytes = 0;
    for (Rest each : list) {
      bytes += each.bytes;
    }
    return bytes;
  }
}

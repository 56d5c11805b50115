package whorl.behaviour;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * How the tests of one run went, read from its reports: for each method how often it passed, failed
 * or was skipped. The invocations of a parameterized test are counted together, since their names
 * may hold a folder's.
 */
record Outcomes(Map<String, Map<String, Integer>> byMethod) {

  static Outcomes read(Path reports) throws Exception {
    Map<String, Map<String, Integer>> byMethod = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(reports, "*.xml")) {
      for (Path file : files) {
        NodeList cases = cases(file);
        for (int i = 0; i < cases.getLength(); i++) {
          Element one = (Element) cases.item(i);
          byMethod
              .computeIfAbsent(method(one), method -> new TreeMap<>())
              .merge(outcome(one), 1, Integer::sum);
        }
      }
    }
    return new Outcomes(byMethod);
  }

  private static NodeList cases(Path file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    try (var in = Files.newInputStream(file)) {
      return factory.newDocumentBuilder().parse(in).getElementsByTagName("testcase");
    } catch (org.xml.sax.SAXException e) {
      throw new IOException(file + " is no report", e);
    }
  }

  private static String method(Element testCase) {
    return testCase.getAttribute("classname") + "#" + testCase.getAttribute("name").split("\\(")[0];
  }

  private static String outcome(Element testCase) {
    for (String outcome : new String[] {"failure", "error", "skipped"}) {
      if (testCase.getElementsByTagName(outcome).getLength() > 0) {
        return outcome;
      }
    }
    return "passed";
  }

  /** How many tests there were with this outcome. */
  int count(String outcome) {
    return byMethod.values().stream().mapToInt(all -> all.getOrDefault(outcome, 0)).sum();
  }

  /** Methods that did not go the same in both. */
  Set<String> differentFrom(Outcomes other) {
    Set<String> different = new TreeSet<>(byMethod.keySet());
    different.addAll(other.byMethod.keySet());
    different.removeIf(
        method -> byMethod.getOrDefault(method, Map.of()).equals(other.byMethod.get(method)));
    return different;
  }
}

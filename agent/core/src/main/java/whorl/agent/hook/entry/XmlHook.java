package whorl.agent.hook.entry;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EntryReports;
import whorl.agent.event.EventSink;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * XML that refers to external resources: external entities and document types, XInclude, XSLT's
 * {@code document()}; in the JDK's parser and in Apache's. Resources from an application's own
 * resolver are not reported, nor those from a jar of this machine, unless a document that is in no
 * jar names them as an entity.
 */
public final class XmlHook implements Hook {
  private static final int ENTITY = 0;
  private static final int TEXT_INCLUDED = 1;
  private static final int INCLUDED = 2;
  private static final int XSLT_DOCUMENT = 3;
  private static final String XINCLUDE = "xinclude";
  private static final String NAMED_ENTITY = "entity";
  private static final String JDK = "com/sun/org/apache/xerces/internal/";
  private static final String APACHE = "org/apache/xerces/";
  private static final String SOURCE = ".xni.parser.XMLInputSource";
  private static final String DOCUMENT_ENTITY = "[xml]";
  private static final String DOCUMENT_TYPE = "[dtd]";
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final EventSink sink;
  private final RepeatFilter repeatFilter = new RepeatFilter(WINDOW_NANOS);
  private final FieldValue systemId = new FieldValue(SOURCE, "fSystemId");
  private final FieldValue publicId = new FieldValue(SOURCE, "fPublicId");
  private final FieldValue base = new FieldValue(SOURCE, "fBaseSystemId");
  private final FieldValue bytes = new FieldValue(SOURCE, "fByteStream");
  private final FieldValue characters = new FieldValue(SOURCE, "fCharStream");
  private final List<HookPoint> points = new ArrayList<>();

  public XmlHook(EventSink sink) {
    this.sink = sink;
    add(
        ENTITY,
        entry(
            JDK + "impl/XMLEntityManager",
            "setupCurrentEntity",
            "(ZLjava/lang/String;L" + JDK + "xni/parser/XMLInputSource;",
            argument(2),
            argument(1)));
    add(
        ENTITY,
        entry(
            APACHE + "impl/XMLEntityManager",
            "setupCurrentEntity",
            "(Ljava/lang/String;L" + APACHE + "xni/parser/XMLInputSource;",
            argument(1),
            argument(0)));
    for (String parser : List.of(JDK, APACHE)) {
      add(
          TEXT_INCLUDED,
          entry(
              parser + "xinclude/XIncludeTextReader",
              "<init>",
              "(L" + parser + "xni/parser/XMLInputSource;",
              argument(0)));
      add(
          INCLUDED,
          entry(
              parser + "xinclude/XIncludeHandler",
              "searchForRecursiveIncludes",
              "(Ljava/lang/String;)",
              argument(0)));
    }
    for (String xalan :
        List.of("com/sun/org/apache/xalan/internal/xsltc/dom/", "org/apache/xalan/xsltc/dom/")) {
      add(
          XSLT_DOCUMENT,
          entry(
              xalan + "LoadDocument",
              "document",
              "(Ljava/lang/String;Ljava/lang/String;",
              argument(0),
              argument(1)));
    }
  }

  @Override
  public String group() {
    return "xml";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.copyOf(points);
  }

  @Override
  public Map<String, List<String>> packagesRead() {
    return Map.of("java.xml", List.of("com.sun.org.apache.xerces.internal.xni.parser"));
  }

  @Override
  public Map<String, Long> losses() {
    return Map.of("xml.repeated", repeatFilter.repeated());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object value = values[0];
    if (value == null) {
      return;
    }
    switch (at) {
      case ENTITY -> entity(value, String.valueOf(values[1]));
      case TEXT_INCLUDED -> source(XINCLUDE, value);
      case INCLUDED -> report(XINCLUDE, text(value), null, null);
      case XSLT_DOCUMENT -> report("document()", text(value), null, text(values[1]));
      default -> throw HookPoint.unknown(at);
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String text ? text : null;
  }

  private void entity(Object source, String name) {
    if (!name.equals(DOCUMENT_ENTITY)) {
      source(name.equals(DOCUMENT_TYPE) ? "dtd" : NAMED_ENTITY, source);
    }
  }

  private void source(String word, Object source) {
    if (bytes.of(source) == null && characters.of(source) == null) {
      report(word, systemId.text(source), publicId.text(source), base.text(source));
    }
  }

  private void report(
      String kind, @Nullable String system, @Nullable String publicName, @Nullable String base) {
    if (system == null || isOwn(kind, system, base)) {
      return;
    }
    if (repeatFilter.admit(RequestKey.of(kind), base == null ? system : base + " " + system)
        != RepeatFilter.SUPPRESSED) {
      EntryReports.entityResolved(sink, system, publicName, base, kind);
    }
  }

  /** An attacker's document can name an entity in a jar too, and so read what was packed there. */
  private static boolean isOwn(String kind, String systemId, @Nullable String base) {
    boolean isOfJar = base != null && isInJar(base);
    return isOfJar && systemId.indexOf(':') < 0
        || systemId.startsWith("jrt:")
        || isInJar(systemId) && (isOfJar || !kind.equals(NAMED_ENTITY));
  }

  private static boolean isInJar(String systemId) {
    return systemId.startsWith("jar:") && !JarAddress.isRemote(systemId)
        || systemId.startsWith("jrt:");
  }

  private void add(int id, JoinPoint joinPoint) {
    points.add(point(id, joinPoint.asOptional()));
  }
}

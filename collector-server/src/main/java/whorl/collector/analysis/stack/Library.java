package whorl.collector.analysis.stack;

import static whorl.collector.analysis.stack.Library.Mechanism.BEANS;
import static whorl.collector.analysis.stack.Library.Mechanism.DATABASE;
import static whorl.collector.analysis.stack.Library.Mechanism.DESERIALIZATION;
import static whorl.collector.analysis.stack.Library.Mechanism.EXPRESSION;
import static whorl.collector.analysis.stack.Library.Mechanism.JDBC;
import static whorl.collector.analysis.stack.Library.Mechanism.JNDI;
import static whorl.collector.analysis.stack.Library.Mechanism.TEMPLATE;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames.Frame;

/**
 * Libraries that create objects, run code or fetch resources because a text asks them to. They are
 * recognised by their frames on a stack. One line each: name, mechanism, ATT&amp;CK techniques
 * besides those of the mechanism, and prefixes of its frames.
 */
public enum Library {
  // objects from a text or a stream
  XML_DECODER(
      "the JDK's XMLDecoder", DESERIALIZATION, "java.beans.XMLDecoder.", "com.sun.beans.decoder."),
  XSTREAM("XStream", DESERIALIZATION, "com.thoughtworks.xstream."),
  FASTJSON("fastjson", DESERIALIZATION, "com.alibaba.fastjson.", "com.alibaba.fastjson2."),
  JACKSON(
      "Jackson",
      DESERIALIZATION,
      "com.fasterxml.jackson.databind.jsontype.",
      "com.fasterxml.jackson.databind.deser.",
      "com.fasterxml.jackson.databind.ser.",
      "org.codehaus.jackson.map.deser.",
      "org.codehaus.jackson.map.ser.",
      "tools.jackson.databind.deser.",
      "tools.jackson.databind.ser.",
      "tools.jackson.databind.jsontype."),
  SNAKE_YAML("SnakeYAML", DESERIALIZATION, "org.yaml.snakeyaml."),
  YAML_BEANS("YamlBeans", DESERIALIZATION, "com.esotericsoftware.yamlbeans."),
  JYAML("JYaml", DESERIALIZATION, "org.ho.yaml."),
  JSON_IO("json-io", DESERIALIZATION, "com.cedarsoftware.util.io.", "com.cedarsoftware.io."),
  FLEXJSON("Flexjson", DESERIALIZATION, "flexjson."),
  GENSON("Genson", DESERIALIZATION, "com.owlike.genson."),
  CASTOR("Castor", DESERIALIZATION, "org.exolab.castor."),
  BLAZE_DS("BlazeDS (AMF)", DESERIALIZATION, "flex.messaging.io."),
  HESSIAN(
      "Hessian",
      DESERIALIZATION,
      "com.caucho.hessian.",
      "com.caucho.burlap.",
      "com.alibaba.com.caucho.hessian.",
      "com.alipay.hessian."),
  KRYO("Kryo", DESERIALIZATION, "com.esotericsoftware.kryo."),
  FST("FST", DESERIALIZATION, "org.nustaq.serialization."),
  JBOSS_MARSHALLING("JBoss Marshalling", DESERIALIZATION, "org.jboss.marshalling."),
  XML_RPC("Apache XML-RPC", DESERIALIZATION, "org.apache.xmlrpc.parser."),
  DUBBO(
      "Dubbo",
      DESERIALIZATION,
      "org.apache.dubbo.common.serialize.",
      "com.alibaba.dubbo.common.serialize."),
  SHIRO(
      "Shiro's rememberMe",
      DESERIALIZATION,
      "org.apache.shiro.mgt.AbstractRememberMeManager.",
      "org.apache.shiro.io."),
  ACTIVE_MQ("ActiveMQ (OpenWire)", DESERIALIZATION, "org.apache.activemq.openwire."),
  COMMONS_COLLECTIONS(
      "Commons Collections",
      DESERIALIZATION,
      "org.apache.commons.collections.functors.",
      "org.apache.commons.collections.map.",
      "org.apache.commons.collections.keyvalue.",
      "org.apache.commons.collections4.functors.",
      "org.apache.commons.collections4.map.",
      "org.apache.commons.collections4.keyvalue.",
      "org.apache.commons.collections4.comparators."),
  COMMONS_BEANUTILS(
      "Commons BeanUtils", DESERIALIZATION, "org.apache.commons.beanutils.BeanComparator."),
  EVENT_HANDLER("a proxy of java.beans.EventHandler", DESERIALIZATION, "java.beans.EventHandler."),
  OBJECT_STREAM(
      "Java deserialization",
      DESERIALIZATION,
      "java.io.ObjectInputStream.",
      "java.rmi.MarshalledObject."),

  // configuration and connections
  SPRING_BEANS(
      "Spring's bean definitions in XML",
      BEANS,
      List.of("T1105"),
      "org.springframework.context.support.ClassPathXmlApplicationContext.",
      "org.springframework.context.support.FileSystemXmlApplicationContext.",
      "org.springframework.context.support.GenericXmlApplicationContext."),
  POSTGRESQL("PostgreSQL's JDBC driver", JDBC, "org.postgresql."),
  MYSQL("MySQL's JDBC driver", JDBC, "com.mysql."),
  MARIADB("MariaDB's JDBC driver", JDBC, "org.mariadb.jdbc."),
  DB2("Db2's JDBC driver", JDBC, "com.ibm.db2.jcc."),
  CALCITE("Calcite Avatica's JDBC driver", JDBC, "org.apache.calcite."),
  SNOWFLAKE("Snowflake's JDBC driver", JDBC, "net.snowflake.client."),
  H2("the H2 database", DATABASE, "org.h2."),
  HSQLDB("the HSQLDB database", DATABASE, "org.hsqldb."),
  DERBY("the Derby database", DATABASE, "org.apache.derby."),

  // names
  LOG4J(
      "Log4j",
      JNDI,
      "org.apache.logging.log4j.core.lookup.",
      "org.apache.logging.log4j.core.net.JndiManager."),
  REMOTE_JNDI("the JDK's JNDI client", JNDI, "com.sun.jndi.", "com.sun.naming.internal."),

  // expressions, templates, scripts
  SPEL("SpEL", EXPRESSION, "org.springframework.expression."),
  OGNL(
      "OGNL",
      EXPRESSION,
      "ognl.",
      "com.opensymphony.xwork2.ognl.",
      "org.apache.ibatis.ognl.",
      "org.apache.commons.ognl."),
  MVEL("MVEL", EXPRESSION, "org.mvel2.", "org.elasticsearch.common.mvel2."),
  JEXL(
      "JEXL",
      EXPRESSION,
      "org.apache.commons.jexl.",
      "org.apache.commons.jexl2.",
      "org.apache.commons.jexl3."),
  JXPATH("JXPath", EXPRESSION, "org.apache.commons.jxpath."),
  COMMONS_TEXT(
      "Commons Text",
      EXPRESSION,
      "org.apache.commons.text.lookup.",
      "org.apache.commons.text.StringSubstitutor."),
  COMMONS_CONFIGURATION(
      "Commons Configuration", EXPRESSION, "org.apache.commons.configuration2.interpol."),
  EL(
      "the Expression Language",
      EXPRESSION,
      "org.apache.el.",
      "com.sun.el.",
      "javax.el.",
      "jakarta.el.",
      "de.odysseus.el.",
      "org.apache.commons.el."),
  GROOVY(
      "Groovy",
      EXPRESSION,
      "groovy.lang.GroovyShell.",
      "groovy.util.Eval.",
      "groovy.util.GroovyScriptEngine.",
      "groovy.lang.GroovyClassLoader.parseClass",
      "org.codehaus.groovy.control.",
      "org.codehaus.groovy.jsr223.",
      "org.codehaus.groovy.runtime.MethodClosure.",
      "org.codehaus.groovy.runtime.ConvertedClosure."),
  VELOCITY("Velocity", TEMPLATE, "org.apache.velocity."),
  FREEMARKER("FreeMarker", TEMPLATE, "freemarker."),
  THYMELEAF("Thymeleaf", TEMPLATE, "org.thymeleaf."),
  PEBBLE("Pebble", TEMPLATE, "io.pebbletemplates.", "com.mitchellbosecke.pebble."),
  JINJAVA("Jinjava", TEMPLATE, "com.hubspot.jinjava."),
  BEANSHELL("BeanShell", EXPRESSION, "bsh."),
  NASHORN("Nashorn", EXPRESSION, List.of("T1059.007"), "jdk.nashorn.", "org.openjdk.nashorn."),
  RHINO("Rhino", EXPRESSION, List.of("T1059.007"), "org.mozilla.javascript."),
  GRAAL(
      "GraalVM's polyglot engine",
      EXPRESSION,
      List.of("T1059.007"),
      "org.graalvm.polyglot.",
      "com.oracle.truffle."),
  JYTHON("Jython", EXPRESSION, List.of("T1059.006"), "org.python."),
  JRUBY("JRuby", EXPRESSION, "org.jruby."),
  AVIATOR("Aviator", EXPRESSION, "com.googlecode.aviator."),
  QL_EXPRESS("QLExpress", EXPRESSION, "com.ql.util.express."),
  XSLT(
      "an XSLT stylesheet",
      TEMPLATE,
      "com.sun.org.apache.xalan.internal.xsltc.",
      "org.apache.xalan.",
      "net.sf.saxon."),
  SCRIPT_ENGINE("javax.script", EXPRESSION, "javax.script.");

  /** How a library lets an intruder in. */
  public enum Mechanism {
    DESERIALIZATION,
    EXPRESSION,
    /**
     * Like an expression, but the engine also reads files whose names are not part of the evaluated
     * text.
     */
    TEMPLATE,
    JNDI,
    BEANS,
    JDBC,
    DATABASE;

    /** True if a text is evaluated. */
    boolean isEvaluation() {
      return this == EXPRESSION || this == TEMPLATE;
    }

    /**
     * True if only direct calls of the library count, because it also calls ordinary application
     * code.
     */
    boolean needsDirectCall() {
      return isEvaluation();
    }
  }

  /**
   * A library on a stack.
   *
   * @param type the class of its frame, which identifies its jar
   */
  public record Use(Library library, String type) {}

  private static final List<Library> LIBRARIES = List.of(values());

  private final String title;
  private final Mechanism mechanism;
  private final List<String> techniques;
  private final List<String> frames;

  Library(String title, Mechanism mechanism, String... frames) {
    this(title, mechanism, List.of(), frames);
  }

  Library(String title, Mechanism mechanism, List<String> techniques, String... frames) {
    this.title = title;
    this.mechanism = mechanism;
    this.techniques = techniques;
    this.frames = List.of(frames);
  }

  public String title() {
    return title;
  }

  public Mechanism mechanism() {
    return mechanism;
  }

  /** ATT&amp;CK technique ids, besides those of the mechanism. */
  public List<String> techniques() {
    return techniques;
  }

  /** Returns the libraries on a stack, the one that received the request's own text first. */
  public static List<Use> through(Frames frames, Set<String> foreign) {
    List<Use> found = new ArrayList<>();
    Set<Library> known = EnumSet.noneOf(Library.class);
    boolean direct = true;
    for (Frame frame : frames.beforeDispatch(foreign)) {
      if (foreign.contains(frame.type())) {
        continue;
      }
      Library library = of(frame);
      if (library == null) {
        direct &= frame.startsWithAny(Places.JDK);
      } else if ((direct || !library.mechanism.needsDirectCall()) && known.add(library)) {
        found.add(0, new Use(library, frame.type()));
      }
    }
    return List.copyOf(found);
  }

  public static @Nullable Library of(Frame frame) {
    for (Library library : LIBRARIES) {
      if (frame.startsWithAny(library.frames)) {
        return library;
      }
    }
    return null;
  }
}

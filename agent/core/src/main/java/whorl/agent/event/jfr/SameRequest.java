package whorl.agent.event.jfr;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.MetadataDefinition;
import jdk.jfr.Name;
import jdk.jfr.Relational;

/**
 * Marks the field by which events of one HTTP request find each other, in JFR's own words: its
 * metadata has it, so that readers need not know the field's name. Public, as JFR wants it.
 */
@MetadataDefinition
@Relational
@Name("whorl.SameRequest")
@Label("Same Request")
@Description("Events with the same value happened for the same HTTP request")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface SameRequest {}

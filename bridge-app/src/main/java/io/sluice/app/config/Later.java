package io.sluice.app.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names that are planned and not supported yet: they are refused by saying so instead of as unknown. */
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@interface Later {

    /** The keys of this section, or the values of this key. */
    String[] value();
}

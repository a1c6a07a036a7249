/** State topics as logs of tables: what is appended is replayed, in order (client, topic →). */
@NullMarked
package io.sluice.kafka.log;

import org.jspecify.annotations.NullMarked;

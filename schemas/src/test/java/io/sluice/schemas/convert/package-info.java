/** Tests of JSON to Avro and back. */
@NullMarked
package io.sluice.schemas.convert;

import org.jspecify.annotations.NullMarked;

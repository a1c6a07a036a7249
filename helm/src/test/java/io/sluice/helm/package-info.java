/** The chart in {@code helm/sluice}, rendered by Helm itself and held against Kubernetes' schema and our own configuration. */
@NullMarked
package io.sluice.helm;

import org.jspecify.annotations.NullMarked;

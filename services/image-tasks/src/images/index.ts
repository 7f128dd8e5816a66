export { DEFAULT_LIMITS, type ImageHeader, type ImageLimits } from './image-limits.domain.js';
export { IMAGE_TYPES, MEDIA_TYPES, SNIFF_BYTES, sniffImage, type ImageType } from './image-type.domain.js';
export { imagesConfigSchema, limitsOf, type ImagesConfig } from './images.config.js';
export { type ImageReport, type ImageTask } from './image.types.js';
export { DecoderStalledError, ImageError, ImageWorkCancelledError, type ImageErrorCode } from './images.errors.js';
export { ImageWorkers, type ImageWorkersOptions } from './image-workers.js';
export { type ShufflePlan } from './shuffle.domain.js';

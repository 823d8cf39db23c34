// The painters one can choose.

import type { Call } from '$/lib/ipc/call';
import type { LanguageView, ModelView } from '$/lib/ipc/generated/api';
import { Reload } from './reload';

export class Models {
  list = $state.raw<readonly ModelView[]>([]);
  readonly #models: Reload;

  constructor(call: Call) {
    this.#models = new Reload(async () => {
      this.list = await call('model_list');
    });
  }

  reload(): Promise<void> {
    return this.#models.run();
  }

  find(id: string): ModelView | null {
    return this.list.find((model) => model.id === id) ?? null;
  }

  /** The model's name; its key when the catalog no longer has it. */
  label(id: string, language: LanguageView): string {
    const model = this.find(id);
    if (model === null) return id;
    return language === 'fr' ? model.label_fr : model.label_en;
  }

  clear(): void {
    this.list = [];
  }
}

/** Whether the model honors a parameter; a model that lists none honors all. */
export function supports(model: ModelView | null, parameter: string): boolean {
  return model?.supports == null || model.supports.includes(parameter);
}
